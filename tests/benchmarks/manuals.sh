#!/bin/sh
# Gather three real manuals into FOLDER, for the questions in manuals_questions.jsonl:
#   debian-handbook/*.html  The Debian Administrator's Handbook (English)
#   postgresql/*.html       PostgreSQL 15 documentation
#   gnuplot/*.pdf           gnuplot 5.4 manual
# Usage: manuals.sh FOLDER
# Needs Debian 12 and a network, about 40 MB of downloads. The packages are only
# unpacked, not installed, so no root is needed unless the package lists are missing or
# old: then run `apt-get update` as root first. The questions were written for
# debian-handbook 11.20220922, postgresql-doc-15 15.20 and gnuplot-doc 5.4.4.
set -eu

folder=${1:?usage: manuals.sh FOLDER}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mkdir -p "$folder/debian-handbook" "$folder/postgresql" "$folder/gnuplot"
folder=$(cd "$folder" && pwd)

cd "$scratch"
apt-get download -q debian-handbook postgresql-doc-15 gnuplot-doc
for package in ./*.deb; do
    dpkg-deb --extract "$package" unpacked
done

docs=unpacked/usr/share/doc
find "$docs" -type f \( -name '*.html.gz' -o -name '*.pdf.gz' \) -exec gunzip {} +
cp -L "$docs"/debian-handbook/html/en-US/*.html "$folder/debian-handbook/"
cp -L "$docs"/postgresql-doc-15/html/*.html "$folder/postgresql/"
cp -L "$docs"/gnuplot/*.pdf "$folder/gnuplot/"

find "$folder" -type f \( -name '*.html' -o -name '*.pdf' \) | wc -l
