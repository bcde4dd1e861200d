-- +goose Up
-- 016 Search bounds: what a row may cost on its way into the search, whoever writes it and whatever it holds.
set local lock_timeout = '500ms';

-- PostgreSQL's parser of text goes back and forth: 40 KB of "<!--" took it 9 s and of "~/", "./", "a_" or "a-1." up to more
-- than 25 s, each growing with the square. Of markup it looks for the end, however far away; all else ends at white space. So
-- no text that becomes a search vector has a "<" or a hundred characters without white space. That makes what stands between
-- angle brackets words that can be found; in lessons on programming these are code more often than markup.
--
-- A vector holds at most 1 MB, and a text that needs more is an error. Words with hyphens, addresses and paths stand in it
-- whole and in parts, which makes it up to three times as large as the text: 300,000 bytes fit for certain.
create function search_text(given text, characters int) returns text
    language sql immutable parallel safe
as $$
    select regexp_replace(translate(
               left(given, case when octet_length(left(given, characters)) > 300000 then least(characters, 75000) else characters end),
               '<', ' '), '([^ \t\n\r]{100})', '\1 ', 'g')
$$;

create or replace function content_document(title text, summary text, preview text) returns tsvector
    language sql immutable parallel safe
as $$
    select setweight(to_tsvector('english', search_text(title, 1000)), 'A') || setweight(to_tsvector('english', search_text(summary, 5000)), 'B')
        || setweight(to_tsvector('english', search_text(preview, 20000)), 'D')
$$;

create or replace function body_document(body text) returns tsvector
    language sql immutable parallel safe
as $$ select setweight(to_tsvector('english', search_text(body, 200000)), 'D') $$;

-- Rows that are there keep their vectors until they are written again: those were made, so their texts can be borne, and
-- making tens of thousands anew would hold the table for minutes.
