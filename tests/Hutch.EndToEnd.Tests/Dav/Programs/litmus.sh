# litmus, the checks of WebDAV servers by the author of neon. It goes on after a check that fails.
litmus -k "$URL/" "$OWNER" "$TOKEN" >printed 2>&1 || true
cat printed
tr '\r' '\n' <printed | sed -nE 's/^ ?[0-9]+\. ([a-z0-9_]+)\.* (pass|FAIL|SKIPPED).*/check \1 \2/p'
