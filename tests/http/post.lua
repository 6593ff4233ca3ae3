-- SPDX-License-Identifier: BSL-1.0
-- For wrk: posts events with an id of their own each, and prints what became of them as JSON.
-- After "--" it takes the body of one, its id, and the secret's header and value; and the number of this wrk if there
-- are several: ids then are spread as random ones are.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(arguments)
  local body, id = arguments[1], arguments[2]
  local place, last = body:find(id, 1, true)
  before, after = body:sub(1, place - 1), body:sub(last + 1)
  headers = { ["Content-Type"] = "application/json", [arguments[3]] = arguments[4] }
  sender = tonumber(arguments[5])
  count = 0
end

function request()
  count = count + 1
  local id
  if sender then
    local spread = (count * 2654435761 + number * 40503) % 4294967296
    id = string.format("%08x-%04x-4%03x-8000-%012x", spread, sender, number, count)
  else
    id = string.format("%08x-0000-4000-8000-%012x", number, count)
  end
  return wrk.format("POST", "/", headers, before .. id .. after)
end

function done(summary, latency)
  local wrong = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%f,"median":%f,"p99":%f,"wrong":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e6, latency:percentile(99) / 1e6,
    wrong.status + wrong.connect + wrong.read + wrong.write + wrong.timeout))
end
