using System.Net;
using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Api.Observation;
using Hutch.Site.Engines;
using Hutch.Site.Life.Maintenance;
using Microsoft.AspNetCore.Builder;

namespace Hutch.Api.Endpoints;

/// <summary>The routes outside the interface: health, metrics, the interface's own description.</summary>
internal sealed class SystemEndpoints(HealthService health, MetricsText metrics, CancellationToken stopping)
{
    /// <summary>The page uses its own script and style and asks its own server, nothing else.</summary>
    private const string Policy =
        "default-src 'none'; connect-src 'self'; script-src 'self'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

    public void Map(WebApplication app, EndpointTable table)
    {
        Map(app, "/", static http =>
        {
            http.Response.Redirect("/docs");
            return Task.CompletedTask;
        });
        Map(app, "/health/live", static http => WriteAsync(http, "text/plain", "alive\n"));
        Map(app, "/health/ready", ReadyAsync);
        Map(app, "/metrics", MetricsAsync);
        var document = new Lazy<string>(() => OpenApiDocument.Write(table, ServerEndpoints.Version));
        Map(app, "/openapi/v1.json", http => WriteAsync(http, "application/json", document.Value));
        MapFile(app, "/docs", "docs/index.html", "text/html; charset=utf-8");
        MapFile(app, "/docs/page.css", "docs/page.css", "text/css; charset=utf-8");
        MapFile(app, "/docs/page.js", "docs/page.js", "text/javascript; charset=utf-8");
    }

    /// <summary>Answers as ready even with warnings: a balancer sends requests, and a person sees the remedy.</summary>
    private async Task ReadyAsync(HttpContext http)
    {
        string? failure = health.Failure ?? (
            stopping.IsCancellationRequested ? "The server is stopping." : null);
        if (failure is not null)
        {
            await Problems.WriteAsync(http, ErrorCode.Unavailable.With(failure), http.RequestAborted);
            return;
        }

        EngineStatus engine = await health.EngineAsync(http.RequestAborted);
        if (engine.Report.Stores is [{ Trouble: not null } log, ..])
        {
            await Problems.WriteAsync(
                http, ErrorCode.Unavailable.With($"{log.Name}, which keeps the records of the site, cannot be used."), http.RequestAborted);
            return;
        }

        var text = new StringBuilder("ready\n").Append(EngineLine(engine));
        foreach (string line in (await health.WarningsAsync(http.RequestAborted)).Select(PublicLine).Distinct())
        {
            text.Append(line);
        }

        await WriteAsync(http, "text/plain; charset=utf-8", text.ToString());
    }

    /// <summary>The state of the stores and their response times; their addresses are never shown.</summary>
    private static string EngineLine(EngineStatus engine) => engine.Report.Stores.Count == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"engine {engine.Report.Kind}: {string.Join(", ", engine.Report.Stores.Select(Line))}{Behind(engine)}\n")
        + string.Concat(engine.Report.Stores.Where(static store => store.Trouble is not null).Select(static store =>
            $"warning {store.Name.Replace(' ', '-')}: The {store.Name} cannot be used. Operators see why with `hutch servers`.\n"));

    private static string Behind(EngineStatus engine) =>
        engine.RecordsBehind is { } late ? string.Create(CultureInfo.InvariantCulture, $", {late} records behind") : "";

    private static string Line(StoreReport store) => store.Trouble is null
        ? string.Create(CultureInfo.InvariantCulture, $"{store.Name} answers in {store.Took.TotalMilliseconds:0.0} ms")
        : $"{store.Name} does not";

    private static string PublicLine(SiteWarning warning) => warning.IsConfidential
        ? $"warning {warning.Kind}: {warning.Advice}\n"
        : $"warning {warning.Kind}: {warning.Message} {warning.Advice}\n";

    /// <summary>For the machine itself, and for operators from elsewhere.</summary>
    private Task MetricsAsync(HttpContext http)
    {
        bool isLocal = http.Connection.RemoteIpAddress is null || IPAddress.IsLoopback(http.Connection.RemoteIpAddress);
        Result<Done> allowed = isLocal ? Done.Value : Authorizer.Authorize(http.Features.Get<ApiRequest>()!.Caller, Operation.SiteRead);
        return allowed.IsOk
            ? WriteAsync(http, "text/plain; version=0.0.4; charset=utf-8", metrics.Write())
            : Problems.WriteAsync(http, allowed.Error, http.RequestAborted);
    }

    private static void MapFile(WebApplication app, string path, string name, string contentType)
    {
        var file = new Lazy<byte[]>(() => EmbeddedFiles.Read(name));
        Map(app, path, http =>
        {
            http.Response.Headers.ContentSecurityPolicy = Policy;
            return WriteAsync(http, contentType, file.Value);
        });
    }

    private static Task WriteAsync(HttpContext http, string contentType, string text) =>
        WriteAsync(http, contentType, Encoding.UTF8.GetBytes(text));

    private static async Task WriteAsync(HttpContext http, string contentType, byte[] body)
    {
        http.Response.ContentType = contentType;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    // Uptime checks and link checkers ask with HEAD.
    private static void Map(WebApplication app, string path, RequestDelegate answer) => app.MapMethods(path, ["GET", "HEAD"], answer);
}
