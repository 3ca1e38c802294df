"""What the tests of the embedded server share."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import psycopg2

import db.embedded

REPOSITORY = Path(db.embedded.__file__).parents[2]
ODD_NAME = "home of $USER 'x' \"y\" `z` 数据 %s"
IS_ROOT = os.geteuid() == 0
START = "from db.embedded import ensure_running, status; print(ensure_running()); print(status().pid, status().port)"


def connect(url: str, **instead: object) -> psycopg2.extensions.connection:
    connection = psycopg2.connect(url.replace("+psycopg2", ""), **instead)
    connection.autocommit = True
    return connection


def ask(url: str, statement: str, *values: object) -> list[tuple[object, ...]]:
    connection = connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def listener(port: int) -> socket.socket:
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind(("127.0.0.1", port))
    taken.listen()
    return taken
