# shellcheck shell=bash
# The picture of the projects in docs/architecture.md, drawn from the project files: an arrow leads to a used project. A project
# that is also used through another one has no arrow of its own.

structure_page=docs/architecture.md
structure_begin='<!-- drawn by ./run structure -->'
structure_end='<!-- end of the drawing -->'

# project_uses: a line "FROM TO" for each reference of a project under src/.
project_uses() {
    local file name
    for file in src/*/*.csproj; do
        name=$(basename "$file" .csproj)
        grep ProjectReference "$file" | grep -o 'Hutch\.[A-Za-z0-9]*\.csproj' | sed "s/^/$name /; s/\.csproj\$//"
    done | sort
}

draw_structure() {
    echo '```mermaid'
    echo 'flowchart TD'
    project_uses | sed 's/Hutch\.//g' | awk '
        { uses[$1, $2] = 1; order[++count] = $1 SUBSEP $2; name[$1] = name[$2] = 1 }
        # Whether a leads to b through at least one other project.
        function leads(a, b,   n) {
            for (n in name) if ((a, n) in uses && n != b && ((n, b) in uses || leads(n, b))) return 1
            return 0
        }
        END { for (i = 1; i <= count; i++) { split(order[i], edge, SUBSEP); if (!leads(edge[1], edge[2])) print "    " edge[1] " --> " edge[2] } }'
    echo '```'
}

# structure_written: the page with a fresh drawing.
structure_written() {
    awk -v begin="$structure_begin" -v end="$structure_end" -v drawing="$(draw_structure)" '
        $0 == begin { print; print drawing; skip = 1 }
        $0 == end { skip = 0 }
        !skip { print }' "$structure_page"
}

check_structure() {
    structure_written | diff "$structure_page" - >/dev/null || {
        echo "$structure_page does not show the projects as they are: './run structure' draws them anew."
        return 1
    }
}

run_structure() {
    local page
    page=$(structure_written)
    printf '%s\n' "$page" >"$structure_page"
}
