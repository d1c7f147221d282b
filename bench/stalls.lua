-- Load of a kind that shows stalls: each connection pauses between its requests, so that nobody
-- waits for a core. The last line has the longest latency and the errors.

local pause_ms = 2

function init(arguments)
  pause_ms = tonumber(arguments[1]) or pause_ms
end

function delay()
  return pause_ms
end

function done(summary, latency, requests)
  local e = summary.errors
  local errors = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format("stalls %d %d %d %d\n", latency.max, latency:percentile(99.9),
    summary.requests, errors))
end
