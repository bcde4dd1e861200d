-- +goose Up
-- 024 Authoring: items that several people write, and what the source of an imported item says beside what was made of it here.
set local lock_timeout = '5s';

-- Whoever changes an item says which version they read. It grows with every change of the row; a statement that changes the body alone says so.
alter table content_items add column version integer not null default 1;
alter table content_items add constraint content_items_version_range check (version > 0);

-- +goose StatementBegin
create function count_item_version() returns trigger
    language plpgsql
as $$
begin
    new.version := old.version + 1;
    return new;
end
$$;
-- +goose StatementEnd
-- By its name it comes before content_items_touch, which changes every row.
create trigger content_items_count_version before update on content_items
    for each row when (old.* is distinct from new.*) execute function count_item_version();

-- Deleted items are listed for editors, in the orders of all items.
create index content_items_deleted_created_idx on content_items (created_at desc, id desc) where deleted_at is not null;
create index content_items_deleted_changed_idx on content_items (updated_at desc, id desc) where deleted_at is not null;
create index content_items_deleted_title_idx on content_items (title, id) where deleted_at is not null;

-- What an import writes of an item, as one value. Texts that a program cut from the body do not count: they come and go with the level.
create function imported_digest(title text, summary text, preview text, kind text, seconds int, language text, tags text[], body text) returns bytea
    language sql stable parallel safe
as $$
    select sha256(convert_to(jsonb_build_array(title, summary, preview, kind, seconds, language, tags, body)::text, 'UTF8'))
$$;

-- The text of an item as its source has it, whatever became of the item here.
create table content_imported_texts (
    content_id          uuid        not null,
    title               text        not null,
    summary             text        not null,
    preview             text        not null,
    summary_is_authored boolean     not null,
    preview_is_authored boolean     not null,
    kind                text        not null,
    duration_seconds    integer     not null,
    language            text        not null,
    tags                text[]      not null,
    body                text        not null,
    files               jsonb       not null,
    imported_at         timestamptz not null default clock_now(),
    constraint content_imported_texts_pkey primary key (content_id),
    constraint content_imported_texts_content_fkey foreign key (content_id) references content_items on delete cascade
);

-- The digest of what was last taken from the source into the item. An item with another one was changed here.
alter table content_sources add column taken_digest bytea
    constraint content_sources_taken_digest_is_sha256 check (length(taken_digest) = 32);

-- Nobody could write in the graph before, so that what stands in the items is what was imported.
insert into content_imported_texts (content_id, title, summary, preview, summary_is_authored, preview_is_authored, kind, duration_seconds, language,
    tags, body, files, imported_at)
select i.id, i.title, i.summary, i.preview, i.summary_is_authored, i.preview_is_authored, i.kind, i.duration_seconds, i.language, i.tags, b.body,
       coalesce((select jsonb_agg(jsonb_build_object('sha256', f.sha256, 'name', f.name, 'media_type', f.media_type, 'bytes', f.bytes) order by f.position)
                   from content_files f where f.content_id = i.id), '[]'), s.imported_at
  from content_sources s join content_items i on i.id = s.content_id join content_bodies b on b.content_id = i.id;
update content_sources s
   set taken_digest = imported_digest(t.title, case when t.summary_is_authored then t.summary end, case when t.preview_is_authored then t.preview end,
                                      t.kind, t.duration_seconds, t.language, t.tags, t.body)
  from content_imported_texts t where t.content_id = s.content_id;

revoke execute on function count_item_version() from public;
call grant_to('lyceum_app', 'select, insert, update', 'table content_imported_texts');
select apply_grants();
