"""Work for the worker process: each piece once, whatever the number of workers (docs/decisions/0001-job-queue.md).

`queue` is the table and its moves and knows no job; `kinds` says what a job of each name does; `schedule` which of them
come by the clock; `following` what an import or a decision sets off; `worker` is the loop.
"""
