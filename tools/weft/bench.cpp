// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `weft bench`: latency distribution, throughput, per-kernel profile and trace.

#include "model.h"
#include "output.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>
#include <unistd.h>

namespace weft::tool {

namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

double millisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Runs that are not counted: caches, clocks and threads settle.
constexpr int warmupRuns = 3;
// Events that a trace holds per thread: 40 MB at most.
constexpr size_t traceEvents = size_t(1) << 20;

/// One thread of requests with a session of its own.
struct Client {
  SessionPtr session;
  std::vector<double> times; // of each run, in ms
  std::string error;
};

weft_code runOnce(const Model &model, const Inputs &inputs, weft_session *session,
                  std::vector<weft_value_view> &outputs, weft_status &status) {
  outputs.assign(model.signature().output_count, weft_value_view{});
  return weft_session_run(session, model.entry, inputs.views.data(), inputs.views.size(), outputs.data(),
                          outputs.size(), &status);
}

/// Sends runs until `deadline`, at least one.
void sendRequests(const Model &model, const Inputs &inputs, Client &client, Clock::time_point deadline) {
  std::vector<weft_value_view> outputs;
  weft_status status;
  do {
    Clock::time_point start = Clock::now();
    if (runOnce(model, inputs, client.session.get(), outputs, status)) {
      client.error = status.message;
      return;
    }
    client.times.push_back(millisecondsSince(start));
  } while (Clock::now() < deadline);
}

/// The smallest time that at least `share` of all do not exceed. `times` is sorted.
double percentile(const std::vector<double> &times, double share) {
  auto rank = static_cast<size_t>(share * static_cast<double>(times.size()));
  return times[std::min(rank, times.size() - 1)];
}
double median(const std::vector<double> &times) {
  size_t half = times.size() / 2;
  return times.size() % 2 ? times[half] : (times[half - 1] + times[half]) / 2;
}

struct ProfileRow {
  uint32_t kernel;
  weft_kernel_profile profile;
  int64_t flops, bytes; // of one call; -1 when not known
};

/// Rows of the kernels that ran, longest first.
std::vector<ProfileRow> collectProfile(const Model &model, const weft_session *session) {
  std::vector<ProfileRow> rows;
  for (uint32_t k = 0; k < model.info.kernel_count; ++k) {
    ProfileRow row{k, {}, -1, -1};
    weft_session_kernel_profile(session, k, &row.profile);
    weft_session_kernel_work(session, k, &row.flops, &row.bytes);
    if (row.profile.calls)
      rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(), [](const ProfileRow &a, const ProfileRow &b) {
    return a.profile.total_ns != b.profile.total_ns ? a.profile.total_ns > b.profile.total_ns
                                                    : a.kernel < b.kernel;
  });
  return rows;
}

std::vector<std::string> nodesOf(const weft_kernel_info &kernel) {
  return std::vector<std::string>(kernel.nodes, kernel.nodes + kernel.node_count);
}

Json profileJson(const Model &model, const std::vector<ProfileRow> &rows, uint64_t runs) {
  Json out = Json::array();
  for (const ProfileRow &row : rows) {
    const weft_kernel_info &kernel = model.info.kernels[row.kernel];
    double msPerRun = static_cast<double>(row.profile.total_ns) / 1e6 / static_cast<double>(runs);
    double callsPerRun = static_cast<double>(row.profile.calls) / static_cast<double>(runs);
    double perCallNs = static_cast<double>(row.profile.total_ns) / static_cast<double>(row.profile.calls);
    Json line = {{"kernel", kernel.name},
                 {"kind", kernel.kind},
                 {"ms_per_run", msPerRun},
                 {"calls_per_run", callsPerRun}};
    line["flops"] = row.flops >= 0 ? Json(row.flops) : Json();
    line["bytes"] = row.bytes >= 0 ? Json(row.bytes) : Json();
    line["gflops"] = row.flops >= 0 ? Json(static_cast<double>(row.flops) / perCallNs) : Json();
    line["gbytes_per_s"] = row.bytes >= 0 ? Json(static_cast<double>(row.bytes) / perCallNs) : Json();
    line["nodes"] = nodesOf(kernel);
    out.push_back(line);
  }
  return out;
}

/// Work per nanosecond; "-" when there is none, or it is not known.
std::string rate(int64_t work, double ns) {
  char text[32] = "-";
  if (work > 0)
    snprintf(text, sizeof(text), "%.2f", static_cast<double>(work) / ns);
  return text;
}

void printProfile(const Model &model, const std::vector<ProfileRow> &rows, const weft_kernel_profile &total) {
  double inKernels = 0;
  printf("\n%9s %6s %7s %9s %8s  %-14s %s\n", "ms/run", "share", "calls", "GFLOP/s", "GB/s", "kind", "nodes");
  for (const ProfileRow &row : rows) {
    const weft_kernel_info &kernel = model.info.kernels[row.kernel];
    double ns = static_cast<double>(row.profile.total_ns),
           perCallNs = ns / static_cast<double>(row.profile.calls);
    inKernels += ns;
    std::string nodes;
    for (const std::string &node : nodesOf(kernel))
      nodes += (nodes.empty() ? "" : ", ") + node;
    printf("%9.4f %5.1f%% %7.1f %9s %8s  %-14s %s\n", ns / 1e6 / static_cast<double>(total.calls),
           100 * ns / static_cast<double>(total.total_ns),
           static_cast<double>(row.profile.calls) / static_cast<double>(total.calls),
           rate(row.flops, perCallNs).c_str(), rate(row.bytes, perCallNs).c_str(),
           *kernel.kind ? kernel.kind : "-", nodes.empty() ? kernel.name : nodes.c_str());
  }
  double outside = static_cast<double>(total.total_ns) - inKernels;
  printf("%9.4f %5.1f%% %34s  %s\n", outside / 1e6 / static_cast<double>(total.calls),
         100 * outside / static_cast<double>(total.total_ns), "", "outside of kernels");
}

/// Profiled and traced runs come after the measured ones, which stay free of their cost.
ExitStatus profileRuns(const Model &model, const Inputs &inputs, weft_session *session, double seconds,
                       Json *json) {
  weft_status status;
  if (weft_session_profile(session, 1, &status))
    return report(Failed, status.message);
  std::vector<weft_value_view> outputs;
  Clock::time_point deadline =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  do
    if (runOnce(model, inputs, session, outputs, status))
      return report(Failed, status.message);
  while (Clock::now() < deadline);
  weft_kernel_profile total{};
  weft_session_run_profile(session, &total);
  std::vector<ProfileRow> rows = collectProfile(model, session);
  if (json)
    (*json)["profile"] = profileJson(model, rows, total.calls);
  else
    printProfile(model, rows, total);
  weft_session_profile(session, 0, &status);
  return Done;
}

/// A few runs as a Chrome trace (chrome://tracing, Perfetto).
ExitStatus traceRuns(const Model &model, const Inputs &inputs, weft_session *session,
                     const std::string &file) {
  constexpr int tracedRuns = 5;
  weft_status status;
  if (weft_session_trace_start(session, traceEvents, &status))
    return report(Failed, status.message);
  std::vector<weft_value_view> outputs;
  for (int i = 0; i < tracedRuns; ++i)
    if (runOnce(model, inputs, session, outputs, status))
      return report(Failed, status.message);
  uint64_t dropped = 0;
  size_t count = weft_session_trace_count(session, &dropped);
  Json events = Json::array();
  for (size_t i = 0; i < count; ++i) {
    weft_trace_event event;
    weft_session_trace_event(session, i, &event);
    bool isRun = event.kernel >= model.info.kernel_count;
    Json line = {{"name", isRun ? "run" : model.info.kernels[event.kernel].name},
                 {"cat", isRun ? "run" : "kernel"},
                 {"ph", "X"},
                 {"ts", static_cast<double>(event.start_ns) / 1e3},
                 {"dur", static_cast<double>(event.took_ns) / 1e3},
                 {"pid", 1},
                 {"tid", event.thread}};
    if (!isRun)
      line["args"] = {{"begin", event.begin},
                      {"end", event.end},
                      {"kind", model.info.kernels[event.kernel].kind},
                      {"nodes", nodesOf(model.info.kernels[event.kernel])}};
    events.push_back(line);
  }
  weft_session_trace_start(session, 0, &status);
  if (dropped)
    fprintf(stderr, "weft: note: the trace lacks %llu events that did not fit.\n",
            static_cast<unsigned long long>(dropped));
  Json trace = {{"displayTimeUnit", "ms"}, {"traceEvents", events}};
  std::string text = trace.dump(-1, ' ', false, Json::error_handler_t::replace), error;
  return writeFile(file, text, nullptr, 0, error) ? Done : report(Failed, error);
}

/// A measurement from the artifact's file to its figures.
class Measurement {
public:
  explicit Measurement(const BenchOptions &options) : options(options), clients(options.clients) {}

  ExitStatus load();
  /// Starts the clients and runs each a few times, the first of them first.
  ExitStatus warmUp();
  ExitStatus measure();
  Json toJson() const;
  void print() const;

  const Model &getModel() const { return model; }
  const Inputs &getInputs() const { return inputs; }
  weft_session *getSession() const { return clients[0].session.get(); }

private:
  double perSecond() const { return static_cast<double>(times.size()) * 1000 / tookMs; }
  uint64_t peakBytes() const { return sessionBytes + model.info.file_bytes; }

  const BenchOptions &options;
  Model model; // before the sessions, which end first
  std::vector<Client> clients;
  Inputs inputs;
  uint32_t threads = 0;
  double loadMs = 0, firstMs = 0, tookMs = 0;
  std::vector<double> times; ///< milliseconds, ascending
  uint64_t sessionBytes = 0;
};

ExitStatus Measurement::load() {
  Clock::time_point start = Clock::now();
  if (ExitStatus status = openModel(options.open, model))
    return status;
  threads = options.open.threads;
  if (ExitStatus status = createSession(model, threads, clients[0].session))
    return status;
  // Several clients share the processors: by default each runs on its share.
  if (threads == 0 && options.clients > 1) {
    threads = std::max(1u, weft_session_threads(getSession()) / options.clients);
    if (ExitStatus status = createSession(model, threads, clients[0].session))
      return status;
  }
  loadMs = millisecondsSince(start);
  if (isInput(options.in, model.signature(), options.traceFile))
    return report(BadCommandLine, "'" + options.traceFile + "' is an input. Say --trace FILE.json.");
  return gatherInputs(model, options.in, /*isFilling=*/true, inputs);
}

ExitStatus Measurement::warmUp() {
  std::vector<weft_value_view> outputs;
  weft_status status;
  for (size_t c = 0; c < clients.size(); ++c) {
    if (c > 0)
      if (ExitStatus created = createSession(model, threads, clients[c].session))
        return created;
    for (int i = 0; i <= warmupRuns; ++i) {
      Clock::time_point runStart = Clock::now();
      if (runOnce(model, inputs, clients[c].session.get(), outputs, status))
        return report(Failed, status.message);
      firstMs = c == 0 && i == 0 ? millisecondsSince(runStart) : firstMs;
    }
  }
  return Done;
}

ExitStatus Measurement::measure() {
  if (!options.isJson && isatty(STDERR_FILENO))
    fprintf(stderr, "measuring for %g s ...\r", options.seconds);
  Clock::time_point begin = Clock::now();
  Clock::time_point deadline =
      begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.seconds));
  std::vector<std::thread> others;
  for (size_t c = 1; c < clients.size(); ++c)
    others.emplace_back([&, c] { sendRequests(model, inputs, clients[c], deadline); });
  sendRequests(model, inputs, clients[0], deadline);
  for (std::thread &other : others)
    other.join();
  tookMs = millisecondsSince(begin);
  for (Client &client : clients) {
    if (!client.error.empty())
      return report(Failed, client.error);
    times.insert(times.end(), client.times.begin(), client.times.end());
    sessionBytes += weft_session_peak_bytes(client.session.get());
  }
  std::sort(times.begin(), times.end());
  return Done;
}

Json Measurement::toJson() const {
  return {{"median_ms", median(times)},
          {"p90_ms", percentile(times, 0.90)},
          {"p99_ms", percentile(times, 0.99)},
          {"min_ms", times.front()},
          {"iterations", times.size()},
          {"threads", weft_session_threads(getSession())},
          {"throughput_per_s", perSecond()},
          {"peak_bytes", peakBytes()},
          {"load_ms", loadMs},
          {"first_ms", firstMs},
          {"isa", model.info.isa},
          {"entry", model.signature().name},
          {"clients", options.clients},
          {"weights_bytes", model.info.weights_bytes},
          {"session_bytes", sessionBytes},
          {"rss_peak_bytes", peakResidentBytes()}};
}

void Measurement::print() const {
  std::string entry =
      model.info.entry_count > 1 ? std::string("entry '") + model.signature().name + "', " : "";
  uint32_t used = weft_session_threads(getSession());
  printf("%s: %s%s, %u thread%s, %u client%s\n", options.open.artifact.c_str(), entry.c_str(), model.info.isa,
         used, used == 1 ? "" : "s", options.clients, options.clients == 1 ? "" : "s");
  printf("  latency     median %.4f ms, p90 %.4f, p99 %.4f, min %.4f (%zu runs)\n", median(times),
         percentile(times, 0.9), percentile(times, 0.99), times.front(), times.size());
  printf("  throughput  %.1f runs/s\n", perSecond());
  printf("  start       load %.2f ms, first run %.2f ms\n", loadMs, firstMs);
  printf("  memory      %s (artifact %s, sessions %s)\n", describeBytes(peakBytes()).c_str(),
         describeBytes(model.info.file_bytes).c_str(), describeBytes(sessionBytes).c_str());
}

} // namespace

ExitStatus benchCommand(const BenchOptions &options) {
  if (isFolder(options.traceFile))
    return report(BadCommandLine, "'" + options.traceFile + "' is a folder. Say --trace FILE.json.");
  if (isSameFile(options.traceFile, options.open.artifact))
    return report(BadCommandLine,
                  "'" + options.traceFile + "' is the compiled model. Say --trace FILE.json.");
  std::string error;
  if (!options.traceFile.empty() && !hasFolder(options.traceFile, error))
    return report(Failed, error);
  Measurement measurement(options);
  for (auto step : {&Measurement::load, &Measurement::warmUp, &Measurement::measure})
    if (ExitStatus failed = (measurement.*step)())
      return failed;
  Json json = measurement.toJson();
  if (!options.isJson)
    measurement.print();
  const Model &model = measurement.getModel();
  if (options.hasProfile)
    if (ExitStatus failed = profileRuns(model, measurement.getInputs(), measurement.getSession(),
                                        std::min(options.seconds, 2.0), options.isJson ? &json : nullptr))
      return failed;
  if (!options.traceFile.empty())
    if (ExitStatus failed =
            traceRuns(model, measurement.getInputs(), measurement.getSession(), options.traceFile))
      return failed;
  if (options.isJson)
    printf("%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  return fflush(stdout) == 0 ? Done : report(Failed, "The output cannot be written.");
}

} // namespace weft::tool
