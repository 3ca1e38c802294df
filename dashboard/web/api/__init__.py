"""The HTTP API for other systems (SPEC 8; docs/api.md): doors only, and none of Streamlit.

`app` the application, `routes` and its likes what is asked, `shapes` how questions and answers look, `bearers` who
asks, `problems` what went wrong in words, `intake` what is let in at all.
"""
