package storetest

// WrongFigures is a query for what the kept learning facts and figures say otherwise than the raw reports, from which it works
// everything out again. The materialized views have to be fresh.
const WrongFigures = `
with raw as (
    select c.*, coalesce(c.occurred_at, c.created_at) as at,
           coalesce(c.created_at - lag(c.created_at) over w > interval '30 minutes', true) as begins,
           c.progress = 100 and count(*) filter (where c.progress = 100) over w = 1 as completes
      from content_consumption c
    window w as (partition by c.user_id, c.content_id order by c.created_at, c.id)
), record as (
    select user_id, content_id, max(progress) as progress, sum(seconds)::bigint as seconds,
           count(*) filter (where begins)::integer as opens,
           (array_agg(position_seconds order by at desc, position_seconds desc))[1] as position_seconds, max(at) as position_at,
           min(at) as started_at, max(created_at) as last_at, min(at) filter (where progress = 100) as completed_at
      from raw group by user_id, content_id
), item as (
    select content_id, count(*) as learners, sum(opens)::bigint as views, count(completed_at) as completions,
           sum(seconds)::bigint as seconds
      from record group by content_id
), person as (
    select user_id, count(*) as started, count(completed_at) as completed, sum(seconds)::bigint as seconds, max(last_at) as last_at
      from record group by user_id
)
select 'report ' || to_jsonb(r)::text as wrong
  from raw r
 where r.begins_visit <> r.begins or r.event <> case when r.completes then 'completed' when r.begins then 'opened' else 'progressed' end
union all
select 'record ' || jsonb_build_array(to_jsonb(r), to_jsonb(l))::text
  from record r full join learning_analytics l on l.user_id = r.user_id and l.content_id = r.content_id
 where (r.progress, r.seconds, r.opens, r.position_seconds, r.position_at, r.started_at, r.last_at, r.completed_at)
       is distinct from (l.progress, l.seconds, l.opens, l.position_seconds, l.position_at, l.started_at, l.last_at, l.completed_at)
union all
select 'item ' || jsonb_build_array(to_jsonb(i), to_jsonb(p))::text
  from content_popularity p left join item i on i.content_id = p.content_id
 where (p.views, p.learners, p.completions, p.seconds)
       is distinct from (coalesce(i.views, 0), coalesce(i.learners, 0), coalesce(i.completions, 0), coalesce(i.seconds, 0))
    or p.views_30d <> (select count(*) from raw r
                        where r.content_id = p.content_id and r.begins and r.created_at > p.as_of - interval '30 days')
union all
select 'person ' || jsonb_build_array(to_jsonb(p), to_jsonb(s))::text
  from user_activity_summary s left join person p on p.user_id = s.user_id
 where (s.items_started, s.items_completed, s.seconds, s.last_learned_at)
       is distinct from (coalesce(p.started, 0), coalesce(p.completed, 0), coalesce(p.seconds, 0), p.last_at)`

// WrongFigures are the first few results of the query WrongFigures, after a refresh.
func (b *Builder) WrongFigures() []string {
	b.t.Helper()
	b.Exec("select refresh_analytics()")
	var wrong []string
	if err := b.owner.SelectContext(b.t.Context(), &wrong, WrongFigures+" limit 5"); err != nil {
		b.t.Fatal(err)
	}
	return wrong
}
