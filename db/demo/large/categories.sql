-- Categories: a tree of three levels beside and below the branches of the lessons, about one for fifty items.

create temp table demo_fields on commit drop as
select row_number() over ()::int as n, name, string_to_array(topics, ',') as topics
  from (values
    ('Computer vision', 'image classifiers,object detectors,segmentation masks,optical flow,visual embeddings'),
    ('Speech and audio', 'speech recognition,spectrograms,voice activity,text to speech,audio embeddings'),
    ('Reinforcement learning', 'policy gradients,reward models,value functions,exploration bonuses,offline datasets'),
    ('Recommender systems', 'matrix factors,click models,session embeddings,cold starts,ranking losses'),
    ('Time series', 'forecasts,seasonal patterns,anomaly detectors,state space models,change points'),
    ('Robotics', 'motion planners,inverse kinematics,tactile sensors,imitation policies,sim to real transfer'),
    ('Generative images', 'diffusion sampling,noise schedules,latent spaces,guidance scales,image tokenizers'),
    ('Graphs and networks', 'message passing,graph attention,link prediction,node embeddings,knowledge graphs'),
    ('Language and meaning', 'tokenizers,word embeddings,transformers,attention heads,context windows'),
    ('Search and retrieval', 'vector databases,inverted indexes,rerankers,chunking strategies,hybrid search'),
    ('Prompting and agents', 'system prompts,tool calls,planning agents,memory stores,structured output'),
    ('Fine-tuning', 'low rank adapters,instruction datasets,preference tuning,catastrophic forgetting,learning rates'),
    ('Serving at scale', 'quantization,batching queues,key value caches,speculative decoding,autoscaling'),
    ('Data engineering', 'feature stores,data contracts,streaming joins,schema drift,deduplication'),
    ('Labelling and quality', 'annotation guides,agreement scores,active learning,weak supervision,gold questions'),
    ('Evaluation', 'benchmarks,holdout sets,calibration curves,human ratings,regression suites'),
    ('Safety and alignment', 'red teaming,refusal policies,alignment audits,jailbreaks,oversight'),
    ('Privacy', 'differential privacy,federated averaging,membership attacks,anonymisation,consent records'),
    ('Fairness', 'demographic parity,counterfactuals,bias audits,subgroup metrics,documentation cards'),
    ('Probability', 'bayesian updates,priors,sampling chains,variational bounds,confidence intervals'),
    ('Linear algebra', 'eigenvectors,singular values,projections,matrix products,norms'),
    ('Optimisation', 'gradients,momentum,second order steps,learning schedules,regularisation'),
    ('Causality', 'causal graphs,instrumental variables,uplift models,confounders,experiments'),
    ('Products and teams', 'roadmaps,user research,error budgets,model cards,launch reviews')
  ) v (name, topics);

create temp table demo_categories on commit drop as
with sizes as (
    select greatest(12, least(1000, current_setting('demo.items')::int / 50)) as total
), planned as (
    select n, total, least(24, greatest(2, total / 9)) as tops, total * 2 / 5 as upper from sizes cross join generate_series(1, total) n
)
select n, case when n <= tops then 1 when n <= upper then 2 else 3 end as level,
       case when n <= tops then null when n <= upper then 1 + (n - tops - 1) % tops else tops + 1 + (n - upper - 1) % (upper - tops) end as parent,
       1 + (case when n <= tops then n - 1 when n <= upper then (n - tops - 1) % tops else (n - upper - 1) % (upper - tops) % tops end) as field
  from planned;

insert into content_categories (id, parent_id, slug, name, summary, position, created_at)
select pg_temp.made_id('category', c.n::text, m.at), case when c.parent is not null then pg_temp.made_id('category', c.parent::text, m.at) end,
       lower(regexp_replace(w.name, '[^a-zA-Z0-9]+', '-', 'g')) || '-' || c.n, w.name, w.summary, 100 + c.n, m.at
  from demo_categories c
  join demo_fields f on f.n = c.field
 cross join (select (select clock_now()) - interval '1100 days' as at) m
 cross join lateral (
       select case c.level
                  when 1 then f.name
                  when 2 then f.name || ': ' || (array['first steps', 'in practice', 'in depth', 'tools', 'case studies', 'research', 'projects', 'exercises'])[1 + c.n % 8]
                  else initcap(left(t.topic, 1)) || substr(t.topic, 2) || (array[' from zero', ' at work', ', taken apart', ' for teams', ' by example'])[1 + c.n % 5]
              end as name,
              case c.level
                  when 1 then 'Everything on ' || lower(f.name) || ', from ' || f.topics[1] || ' to ' || f.topics[5] || '.'
                  when 2 then 'A branch of ' || lower(f.name) || '.'
                  else 'Lessons on ' || t.topic || '.' end as summary
         from (select f.topics[1 + c.n % 5] as topic) t) w
 order by c.n;
