-- +goose Up
-- 015 Free texts: whether the summary and the preview of an item are its author's words. Everybody may read both, so that above level 0
-- nothing stands there that a program cut from the body.
set local lock_timeout = '5s';

alter table content_items
    add column summary_is_authored boolean not null default false,
    add column preview_is_authored boolean not null default false;

-- What a document asked for about access when it was imported last; NULL until it is imported again. Only a change of it closes an item, so
-- that an import does not argue with an editor who has opened one.
alter table content_sources add column asks text;

-- What was chosen for a source and holds for every import of it.
create table content_source_settings (
    source   text not null,
    language text not null,
    constraint content_source_settings_pkey primary key (source)
);
-- The language of documents that say nothing was not kept: it is the one of the documents whose path names none.
insert into content_source_settings (source, language)
select s.source, mode() within group (order by i.language)
  from content_sources s join content_items i on i.id = s.content_id
 where s.path = s.document or starts_with(s.path, s.document || '.') and strpos(substr(s.path, length(s.document) + 2), '.') = 0
 group by s.source;

-- Imported items get the texts of their authors back from the next import: no document has the checksum of zeros. The texts of other items
-- were written by hand or cut by a program; a sentence that stands in the body too is taken for one that was cut.
create function pg_temp.plain(marked text) returns text language sql immutable as $$
    select ' ' || regexp_replace(lower(regexp_replace(marked, '\]\([^)]*\)|<[^>]*>', ' ', 'g')), '[^[:alnum:]]+', ' ', 'g') || ' '
$$;
create function pg_temp.is_cut(free text, plain_body text) returns boolean language sql immutable as $$
    select exists (select from regexp_split_to_table(free, '[.!?…]+(\s+|$)|[。！？]|\n+') sentence
                    where sentence ~ '[[:alnum:]]' and strpos(plain_body, rtrim(pg_temp.plain(sentence))) > 0)
$$;
update content_items i
   set summary_is_authored = i.summary <> '' and not k.summary_is_cut, preview_is_authored = i.preview <> '' and not k.preview_is_cut,
       summary = case when k.summary_is_cut then '' else i.summary end, preview = case when k.preview_is_cut then '' else i.preview end
  from (select c.id, s.content_id is not null or pg_temp.is_cut(c.summary, b.plain) as summary_is_cut,
               s.content_id is not null or pg_temp.is_cut(c.preview, b.plain) as preview_is_cut
          from content_items c
          left join content_sources s on s.content_id = c.id
         cross join lateral (select coalesce((select pg_temp.plain(t.body) from content_bodies t where t.content_id = c.id), '') as plain offset 0) b
         where c.access_level > 0 and (c.summary <> '' or c.preview <> '')) k
 where i.id = k.id;
update content_sources s set checksum = decode(repeat('00', 32), 'hex') from content_items i where i.id = s.content_id and i.access_level > 0;
drop function pg_temp.is_cut(text, text);
drop function pg_temp.plain(text);

alter table content_items add constraint content_items_free_text_is_authored check
    (access_level = 0 or (summary_is_authored or summary = '') and (preview_is_authored or preview = ''));

-- Whatever statement raises an item's level takes automatic texts back, and the next import writes them again if the level falls.
-- +goose StatementBegin
create function take_back_automatic_text() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
as $$
begin
    if not new.summary_is_authored then
        new.summary := '';
    end if;
    if not new.preview_is_authored then
        new.preview := '';
    end if;
    if (new.summary, new.preview) is distinct from (old.summary, old.preview) then
        update content_sources set checksum = decode(repeat('00', 32), 'hex') where content_id = new.id;
    end if;
    return new;
end
$$;
-- +goose StatementEnd
create trigger content_items_take_back before update on content_items
    for each row when (old.access_level = 0 and new.access_level > 0) execute function take_back_automatic_text();

-- A list of columns looks at what a statement names, not at what a trigger changed: without access_level the words that were taken back
-- would still be found.
drop trigger content_items_search on content_items;
create trigger content_items_search after insert or update of title, summary, preview, access_level on content_items
    for each row execute function keep_content_search();

revoke execute on function take_back_automatic_text() from public;
call grant_to('lyceum_app', 'select, insert, update', 'table content_source_settings');
select apply_grants();
