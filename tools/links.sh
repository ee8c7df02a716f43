#!/bin/sh
# Checks that every link between the Markdown files leads somewhere: to a file, and to a heading in it.
#
# Links to other sites are not followed: the answer must not depend on the network.
set -eu
{ git ls-files --cached --others --exclude-standard '*.md' 2>/dev/null || find . -name '*.md'; } |
    sort -u | LC_ALL=C awk '
        # A heading as GitHub names it in a link.
        function anchor(heading) {
            gsub(/\[|\]\([^)]*\)/, "", heading)
            heading = tolower(heading)
            gsub(/[][!"#$%&\047()*+,.\/:;<=>?@\\^`{|}~]/, "", heading)
            # Dots, quotes and dashes beyond ASCII, as bytes: not every awk knows more.
            gsub(/\342\200(\246|\231|\234|\235|\223|\224)/, "", heading)
            gsub(/ /, "-", heading)
            return heading
        }

        # The path without `.` and `..`.
        function straight(path,    parts, kept, i, n, count, joined) {
            n = split(path, parts, "/")
            for (i = 1; i <= n; i++) {
                if (parts[i] == "" || parts[i] == ".") continue
                if (parts[i] == ".." && count) count--
                else kept[++count] = parts[i]
            }
            for (i = 1; i <= count; i++) joined = joined (i > 1 ? "/" : "") kept[i]
            return joined
        }

        function note(file, line, target) {
            if (target ~ /^[a-z]+:/) return
            links++
            from[links] = file
            at[links] = line
            to[links] = target
        }

        function read(file,    line, number, code, rest, title) {
            files++
            known[file] = 1
            while ((getline line < file) > 0) {
                number++
                if (line ~ /^ *(```|~~~)/) code = !code
                if (code) continue
                if (line ~ /^#+ /) {
                    title = line
                    sub(/^#+ /, "", title)
                    title = anchor(title)
                    if (seen[file, title]++) title = title "-" (seen[file, title] - 1)
                    headings[file, title] = 1
                }
                rest = line
                gsub(/`[^`]*`/, "", rest)
                while (match(rest, /\]\([^) ]+/)) {
                    note(file, number, substr(rest, RSTART + 2, RLENGTH - 2))
                    rest = substr(rest, RSTART + RLENGTH)
                }
                if (match(line, /^\[[^]]+\]: */)) {
                    rest = substr(line, RLENGTH + 1)
                    sub(/ .*/, "", rest)
                    note(file, number, rest)
                }
            }
            close(file)
        }

        { sub(/^\.\//, ""); read($0) }

        END {
            for (i = 1; i <= links; i++) {
                target = to[i]
                heading = ""
                if (split(target, halves, "#") > 1) { target = halves[1]; heading = halves[2] }
                folder = from[i]
                if (!sub(/\/[^\/]*$/, "", folder)) folder = ""
                path = target == "" ? from[i] : straight(folder "/" target)
                quoted = path
                gsub(/\047/, "\047\\\047\047", quoted)
                if (path != "" && system("test -e \047" quoted "\047") != 0) {
                    printf "%s:%d: error: %s does not exist\n", from[i], at[i], to[i]
                    bad++
                } else if (heading != "" && path in known && !((path, heading) in headings)) {
                    printf "%s:%d: error: %s has no heading #%s\n", from[i], at[i], path, heading
                    bad++
                }
            }
            if (!files) { print "error: no Markdown files found"; exit 1 }
            if (bad) exit 1
            printf "%d links in %d Markdown files lead somewhere\n", links, files
        }'
