#!/usr/bin/env bash
# Run once, when the database is made: a login that owns its database and is no superuser, and the roles that keep tenants apart
# (docs/decisions/0016-row-level-security.md).
set -euo pipefail
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set password="$(cat "$CARRYALL_PASSWORD_FILE")" <<'SQL'
CREATE ROLE carryall_app NOLOGIN;
CREATE ROLE carryall_operator NOLOGIN;
CREATE ROLE carryall LOGIN PASSWORD :'password';
GRANT carryall_app, carryall_operator TO carryall;
CREATE DATABASE carryall OWNER carryall;
SQL
