"""How people prove who they are: second factors, passkeys, single sign-on, and the sessions that follow."""
