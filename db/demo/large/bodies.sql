-- What stands in the items: some paragraphs of sentences that fit the topic, and both search vectors. None of the sentences is one of
-- those that everybody may read, which items.sql makes.
create temp table demo_sentences on commit drop as
select array[
    'Suppose a team meets %1$s for the first time and has a week to decide.', 'The gradient tells which way is down; how far to step is another question.',
    'Measure %1$s on data that nobody has tuned for, and write the figure down before you look at it again.', 'Attention weighs every token against every other, and that is what it costs.',
    'What works for %2$s seldom works for %1$s without a change of scale.', 'Plot the loss before you explain it.',
    'A baseline that takes an hour to build saves a month of arguing about %1$s.', 'The model has no opinion; the dataset has, and it speaks through %1$s.',
    'Keep one example on paper and follow it through every step.', 'If two runs differ only in their seed, the difference is noise until shown otherwise.',
    'Most failures of %1$s are failures of the labels behind them.', 'Write the test first: what would convince you that %1$s are wrong?',
    'In %3$s the rare cases carry the risk, so count them apart.', 'A cache hides latency and, now and then, a mistake.',
    'Start with the simplest form of %2$s; add a part only when its absence can be measured.', 'Numbers without units are how experiments go missing.',
    'Regularisation is a way of saying that the simple explanation of %1$s comes first.', 'Ask who is harmed when %1$s fail, and ask them too.',
    'The exercise below takes twenty minutes and needs no special hardware.', 'Compare your answer with that of a colleague before reading on.',
    'Memory, not arithmetic, limits %1$s on the machines most of us have.', 'A diagram of %1$s with four boxes is usually right and never complete.',
    'When the learning rate is too high, %2$s forget what they knew.', 'Version the prompt, the data and the code together, or none of them.'] as text;

insert into content_bodies (content_id, body, search, body_search)
select i.id, b.body, content_document(c.title, c.summary, c.preview), body_document(b.body)
  from demo_items i
  join content_items c on c.id = i.id
 cross join demo_sentences s
 cross join lateral (
       select string_agg(case when x = 1 then '' when x % 5 = 1 then e'\n\n' else ' ' end
                  || format(s.text[pg_temp.pick(60 + x, i.n, cardinality(s.text))], i.topic, i.other, i.area), '' order by x) as body
         from generate_series(1, 20 + pg_temp.pick(59, i.n, 14)) x) b
 order by i.n;
alter table content_items enable trigger content_items_search;
