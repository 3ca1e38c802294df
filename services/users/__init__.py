"""People who may sign in, and their sessions."""

from services.users.passwords import SAMPLE_PASSWORD
from services.users.people import (
    SampleSignIn,
    UserRow,
    add_department,
    add_user,
    choose_language,
    department_name,
    nobody_may_sign_in,
    revoke_sessions,
    sample_as_of,
    sample_sign_ins,
    set_active,
    set_password,
    users,
)
from services.users.sessions import (
    TooManyAttemptsError,
    WrongSignInError,
    actor_by_login,
    actor_of_session,
    actor_of_session_hash,
    authenticate,
    sign_out,
    token_hash,
)

__all__ = [
    "SAMPLE_PASSWORD",
    "SampleSignIn",
    "TooManyAttemptsError",
    "UserRow",
    "WrongSignInError",
    "actor_by_login",
    "actor_of_session",
    "actor_of_session_hash",
    "add_department",
    "add_user",
    "authenticate",
    "choose_language",
    "department_name",
    "nobody_may_sign_in",
    "revoke_sessions",
    "sample_as_of",
    "sample_sign_ins",
    "set_active",
    "set_password",
    "sign_out",
    "token_hash",
    "users",
]
