#!/bin/sh
set -eu
pg_dump -h postgres-0.postgres-headless -p 5432 -U postgres app > /backup/$(date +%F).sql
