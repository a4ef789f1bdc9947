#!/bin/sh
# Makes what is missing in secrets/: passwords and tokens of 32 random letters, readable by whoever runs this and by the containers.
# Containers run as users of their own, so the files are readable to all and the folder to its owner alone.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
word() { LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 32; }
for name in db_password metrics_token grafana_password; do
    [ -s "secrets/$name" ] || word >"secrets/$name"
done
[ -s secrets/pgpass ] || printf 'db:5432:loa:loa:%s\n' "$(cat secrets/db_password)" >secrets/pgpass
[ -e secrets/smtp_password ] || : >secrets/smtp_password
chmod 644 secrets/*
ls secrets
