-- Posts the requests of BENCH_REQUESTS in turn; a line is a Cookie header, a tab, and a body. An answer is bad that is not 200,
-- has no data, or has errors; the first bad one is shown. Where BENCH_REFUSALS names a code, errors with this code are none.
-- Ends with one line for the benchmark to read.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("number", #threads)
end

function init()
  requests, next_one, bad, example = {}, 0, 0, ""
  refusals = os.getenv("BENCH_REFUSALS")
  for line in io.lines(os.getenv("BENCH_REQUESTS")) do
    local cookie, body = line:match("^([^\t]*)\t(.*)$")
    local headers = { ["Content-Type"] = "application/json", ["Accept"] = "application/json" }
    if cookie ~= "" then headers["Cookie"] = cookie end
    table.insert(requests, wrk.format("POST", nil, headers, body))
  end
  next_one = number * 997 % #requests
end

function request()
  next_one = next_one % #requests + 1
  return requests[next_one]
end

local function count(text, part)
  local n, at = 0, 0
  repeat
    at = text:find(part, at + 1, true)
    if at then n = n + 1 end
  until not at
  return n
end

-- Errors stand first or last in an answer, so that both ends are enough to look at. Those that may be there stand first.
local function good(body)
  local head = body
  if refusals and body:sub(1, 10) == '{"errors":' then
    local data = body:find('"data":{', 1, true)
    if not data then return false end
    local errors = body:sub(1, data)
    if count(errors, '"message":') ~= count(errors, '"code":"' .. refusals .. '"') then return false end
    head = body:sub(data)
  end
  head = head:sub(1, 80)
  return head:find('"data"', 1, true) and not head:find('"errors"', 1, true) and not body:sub(-400):find('"errors"', 1, true)
end

function response(status, headers, body)
  if status ~= 200 or not good(body) then
    bad = bad + 1
    if example == "" then example = status .. " " .. body:sub(1, 300) end
  end
end

function done(summary, latency)
  local wrong, shown = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout, ""
  for _, thread in ipairs(threads) do
    wrong = wrong + thread:get("bad")
    if thread:get("example") ~= "" then shown = thread:get("example") end
  end
  io.write(string.format("\nresult %d %d %d %d %d %s\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), wrong,
    (shown:gsub("[\r\n]", " "))))
end
