-- +goose Up
-- 013 Content sources: where imported items come from, the versions of a document in several languages, and the files
-- that items point at. The files themselves stand in the file store, under the SHA-256 of their content.
set local lock_timeout = '5s';

-- One row per imported item. document is the same for all languages of a document; checksum is that of what was imported,
-- so that a second import knows what has not changed.
create table content_sources (
    content_id  uuid        not null,
    source      text        not null,
    path        text        not null,
    document    text        not null,
    checksum    bytea       not null,
    pruned_from text,
    imported_at timestamptz not null default clock_now(),
    constraint content_sources_pkey primary key (content_id),
    constraint content_sources_path_key unique (source, path),
    constraint content_sources_content_fkey foreign key (content_id) references content_items on delete cascade,
    constraint content_sources_checksum_is_sha256 check (length(checksum) = 32),
    constraint content_sources_pruned_from_known check (pruned_from in ('draft', 'published'))
);
create index content_sources_document_idx on content_sources (source, document);

-- The branch that a folder of a source became.
create table content_source_folders (
    source      text not null,
    path        text not null,
    category_id uuid not null,
    constraint content_source_folders_pkey primary key (source, path),
    constraint content_source_folders_category_fkey foreign key (category_id) references content_categories on delete cascade
);
create index content_source_folders_category_idx on content_source_folders (category_id);

create table content_files (
    content_id uuid   not null,
    sha256     text   not null,
    name       text   not null,
    media_type text   not null,
    bytes      bigint not null,
    position   int    not null default 0,
    constraint content_files_pkey primary key (content_id, sha256),
    constraint content_files_content_fkey foreign key (content_id) references content_items on delete cascade,
    constraint content_files_sha256_form check (sha256 ~ '^[0-9a-f]{64}$'),
    constraint content_files_name_length check (length(name) between 1 and 255),
    constraint content_files_bytes_range check (bytes >= 0)
);
create index content_files_sha256_idx on content_files (sha256);

call grant_to('lyceum_app', 'select, insert, update', 'table content_sources', 'table content_source_folders');
call grant_to('lyceum_app', 'select, insert, update, delete', 'table content_files');
select apply_grants();
