-- People: number 1 to 21 are those of school.sql, the others signed up over three years, more of them every month.

create temp table demo_names on commit drop as select
    string_to_array('Ada,Noor,Mira,Tomás,Yuki,Lena,Kofi,Inês,Sam,Olga,David,Amara,Henrik,Priya,Chiara,Jonas,Felix,Zoë,Iva,Bo,Lucía,Mateo,Sofia,'
        'Hugo,Emma,Louis,Jade,Paul,Hannah,Leon,Marie,Anton,Greta,Emil,Freya,Lars,Astrid,Nils,Saga,Mikko,Aino,Piotr,Zofia,Jakub,Hana,Tomáš,Eva,'
        'Dániel,Réka,Ioana,Andrei,Elena,Dimitri,Katya,Aylin,Emre,Leyla,Omar,Fatima,Youssef,Salma,Tariq,Ayesha,Arjun,Ananya,Rohan,Meera,Vikram,'
        'Wei,Mei,Jun,Xin,Haruto,Sakura,Ren,Minjun,Seoyeon,Linh,Minh,Siti,Budi,Chidi,Ngozi,Kwame,Abena,Thabo,Zanele,Wanjiru,Juma,Carlos,Valentina,'
        'Diego,Camila,João,Beatriz,Liam,Olivia,Noah,Charlotte,James,Grace,Ethan,Maya,Owen', ',') as first,
    string_to_array('Okafor,Haddad,Lindqvist,Rivera,Tanaka,Fischer,Mensah,Duarte,Carter,Petrova,Cohen,Nwosu,Dahl,Raman,Bianchi,Weber,Moreau,Kim,'
        'Holt,Novak,Jensen,García,Martínez,López,Hernández,Silva,Santos,Costa,Rossi,Ferrari,Russo,Müller,Schmidt,Schneider,Becker,Hoffmann,Wagner,'
        'Dubois,Laurent,Bernard,Petit,Leroy,van Dijk,de Vries,Bakker,Janssens,Larsen,Hansen,Nielsen,Johansson,Berg,Virtanen,Korhonen,Kowalski,'
        'Wiśniewski,Nowak,Horák,Svoboda,Nagy,Szabó,Popescu,Ionescu,Ivanov,Sokolov,Yılmaz,Kaya,Demir,Hassan,Khalil,Mansour,Khan,Ahmed,Sharma,Patel,'
        'Gupta,Iyer,Reddy,Wang,Li,Zhang,Chen,Liu,Sato,Suzuki,Watanabe,Park,Lee,Choi,Nguyen,Tran,Pham,Wijaya,Adeyemi,Balogun,Owusu,Boateng,Dlamini,'
        'Mokoena,Kamau,Otieno,Smith,Johnson,Brown,Taylor,Wilson,Clark,Walker,Murphy,Campbell', ',') as last,
    string_to_array('en,en,en,en,en,de,fr,es,pt,it,pl,nl,ja', ',') as locale,
    string_to_array('Europe/Berlin,Europe/London,Europe/Paris,Europe/Madrid,Africa/Lagos,Africa/Nairobi,Asia/Kolkata,Asia/Tokyo,Asia/Seoul,'
        'Asia/Singapore,America/New_York,America/Chicago,America/Los_Angeles,America/Sao_Paulo,Australia/Sydney', ',') as zone,
    string_to_array('mail.test,mail.test,mail.test,post.test,post.test,inbox.test,campus.test,uni.test,work.test,lab.test', ',') as post;

-- The time of day that people keep: most of them learn in the morning and in the evening.
create temp table demo_hours on commit drop as
select string_to_array('6,7,7,8,8,8,9,9,9,9,10,10,10,11,11,12,12,13,13,14,14,15,15,16,16,17,17,18,18,18,19,19,19,19,20,20,20,20,20,21,21,21,22,22,0,5', ',')::int[] as hour;

create temp table demo_people on commit drop as
select row_number() over (order by created_at, email)::int as n, id, created_at as at, account_status as status, 0::float8 as eager, 1 as reach
  from users;

with crowd as (
    select n, (select clock_now()) - interval '1095 days' * (1 - sqrt((n - h.named - pg_temp.dice(1, n)) / (current_setting('demo.users')::int - h.named)))
                  - interval '3 hours' as at
      from (select count(*)::int as named from demo_people) h
     cross join generate_series(h.named + 1, current_setting('demo.users')::int) n
), living as (
    select n, at, case
               when at > (select clock_now()) - interval '3 days' and pg_temp.dice(2, n) < 0.5 then 'pending'
               when pg_temp.dice(3, n) < 0.012 then 'pending'
               when pg_temp.dice(3, n) < 0.025 then 'suspended'
               when pg_temp.dice(3, n) < 0.030 then 'locked'
               when pg_temp.dice(3, n) < 0.052 then 'closed'
               else 'active'
           end as status
      from crowd)
insert into demo_people
select n, pg_temp.made_id('user', n::text, date_trunc('milliseconds', at)), date_trunc('milliseconds', at), status, 0, 1 from living order by n;
update demo_people set eager = case when status = 'pending' then 0 else 0.1 / (0.02 + pg_temp.dice(4, n)) end;
create unique index on demo_people (n);
create unique index on demo_people (id);
analyze demo_people;

insert into users (id, email, username, password_hash, first_name, last_name, phone, locale, time_zone, account_status, email_verified_at,
                   phone_verified_at, created_at, deleted_at)
select p.id, format('%s.%s%s@%s', w.first, replace(w.last, ' ', ''), p.n, w.post), left(w.first, 1) || replace(w.last, ' ', '') || p.n, current_setting('demo.hash'),
       w.shown_first, w.shown_last, w.phone, w.locale, w.zone, p.status, case when p.status <> 'pending' then p.at + pg_temp.pick(10, p.n, 240) * interval '1 minute' end,
       case when w.phone is not null and p.status <> 'pending' and pg_temp.dice(11, p.n) < 0.6 then p.at + interval '1 day' end, p.at,
       case when p.status = 'closed' and pg_temp.dice(12, p.n) < 0.3 then p.at + ((select clock_now()) - p.at) * 0.9 end
  from demo_people p
 cross join demo_names a
 cross join lateral (
       select a.first[pg_temp.pick(5, p.n, cardinality(a.first))] as shown_first, a.last[pg_temp.pick(6, p.n, cardinality(a.last))] as shown_last,
              a.locale[pg_temp.pick(7, p.n, cardinality(a.locale))] as locale, a.zone[pg_temp.pick(8, p.n, cardinality(a.zone))] as zone,
              a.post[pg_temp.pick(9, p.n, cardinality(a.post))] as post,
              case when pg_temp.dice(13, p.n) < 0.15 then '+1555' || lpad((pg_temp.dice(14, p.n) * 9999999)::int::text, 7, '0') end as phone) s
 cross join lateral (
       select s.*, translate(lower(s.shown_first), 'áàâäãåçéèêëíìîïñóòôöõøúùûüýžščśłřıů', 'aaaaaaceeeeiiiinoooooouuuuyzscslriu') as first,
              translate(lower(s.shown_last), 'áàâäãåçéèêëíìîïñóòôöõøúùûüýžščśłřıů', 'aaaaaaceeeeiiiinoooooouuuuyzscslriu') as last) w
 where not exists (select from users u where u.id = p.id)
 order by p.n;

insert into user_security_settings (user_id, login_notifications, password_changed_at, created_at)
select p.id, pg_temp.dice(15, p.n) < 0.9, p.at + case when pg_temp.dice(16, p.n) < 0.3 then ((select clock_now()) - p.at) * 0.6 else interval '0' end, p.at
  from demo_people p where not exists (select from user_security_settings s where s.user_id = p.id) order by p.n;

-- A few of the crowd work here: one in a thousand writes, at least two do; some help and some keep the books.
insert into user_roles (user_id, role_id, granted_by, granted_at)
select p.id, r.id, boss.id, p.at + interval '1 day'
  from (select *, row_number() over (order by pg_temp.dice(17, n)) as place from demo_people where n > 21 and status = 'active' and at < (select clock_now()) - interval '100 days') p
 cross join (select id from users where email = 'admin@demo.test') boss
  join roles r on r.name = case when p.place <= greatest(2, current_setting('demo.users')::int / 1000) then 'editor'
                                when p.place <= greatest(4, current_setting('demo.users')::int / 800) then 'support'
                                when p.place <= greatest(5, current_setting('demo.users')::int / 700) then 'billing' end;
analyze users, user_roles;
