-- What an append to the log takes of PostgreSQL at least: the one row locked, a row of the same size inserted, the lock moved; in the same
-- two round trips. `body` is the text to store.
\startpipeline
BEGIN;
SELECT last_row FROM head FOR UPDATE;
\endpipeline
\startpipeline
INSERT INTO log SELECT last_row + 1, gen_random_uuid(), convert_to(:body, 'UTF8') FROM head;
UPDATE head SET last_row = last_row + 1;
COMMIT;
\endpipeline
