using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hutch.Cli.Tests.Scripts;

/// <summary>
/// A repository with the routes, checks and error bodies of InvenioRDM, written from invenio-rdm-records (1f23bb9: resources/config.py,
/// services/schemas) and invenio-records-resources (9cc7539: resources/files). The real one needs OpenSearch and packages of PyPI.
/// </summary>
internal sealed class InvenioPeer : IAsyncDisposable
{
    internal const string Token = "zenodo-token";

    private readonly WebApplication _application;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Record> _records = [];

    private InvenioPeer()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.MaxRequestBodySize = null);
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    internal string Address => _application.Urls.Single();

    /// <summary>The key of a file whose upload is cut after its first bytes; null for none.</summary>
    internal string? Cut { get; set; }

    /// <summary>True to store other bytes than came.</summary>
    internal bool IsDamaging { get; set; }

    /// <summary>The keys of the files that arrived, in their order.</summary>
    internal List<string> Arrived { get; } = [];

    internal IReadOnlyList<Record> Records
    {
        get
        {
            lock (_lock)
            {
                return [.. _records.Values];
            }
        }
    }

    internal static async Task<InvenioPeer> StartAsync()
    {
        var peer = new InvenioPeer();
        await peer._application.StartAsync(TestContext.Current.CancellationToken);
        return peer;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        byte[] body = [];
        string path = http.Request.Path.Value!;
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (http.Request.Headers.Authorization != "Bearer " + Token)
        {
            await SendAsync(http, 403, new JsonObject { ["status"] = 403, ["message"] = "Permission denied." });
            return;
        }

        if (!path.EndsWith("/content", StringComparison.Ordinal))
        {
            using var memory = new MemoryStream();
            await http.Request.Body.CopyToAsync(memory, http.RequestAborted);
            body = memory.ToArray();
        }
        else if (parts[^2] == Cut)
        {
            await http.Request.Body.ReadExactlyAsync(new byte[1], http.RequestAborted);
            http.Abort();
            return;
        }
        else
        {
            using var sum = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
            byte[] buffer = new byte[1 << 16];
            long size = 0;
            for (int read; (read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0; size += read)
            {
                sum.AppendData(buffer.AsSpan(0, read));
            }

            lock (_lock)
            {
                string key = string.Join('/', parts[5..^1]);
                Arrived.Add(key);
                File file = _records[parts[2]].Files[key];
                (file.Size, file.Md5) = (size, IsDamaging ? new string('0', 32) : Convert.ToHexStringLower(sum.GetHashAndReset()));
            }

            await SendAsync(http, 200, new JsonObject { ["key"] = parts[5], ["status"] = "pending" });
            return;
        }

        (int status, JsonObject? document) = Answer(http.Request.Method, parts, http.Request.Query["q"], body);
        await SendAsync(http, status, document);
    }

    private (int Status, JsonObject? Document) Answer(string method, string[] parts, string? query, byte[] body)
    {
        lock (_lock)
        {
            Record? record = parts.Length > 2 ? _records.GetValueOrDefault(parts[2]) : null;
            switch (method, parts[1..])
            {
                case ("GET", ["user", "records"]):
                    string identifier = query!.Split('"')[1];
                    IEnumerable<JsonNode> hits = _records.Values
                        .Where(one => one.Body["metadata"]?["related_identifiers"]?.ToJsonString().Contains(identifier, StringComparison.Ordinal) == true)
                        .Select(one => one.Write(Address));
                    return (200, new JsonObject { ["hits"] = new JsonObject { ["hits"] = new JsonArray([.. hits.Reverse().Take(1)]) } });
                case ("POST", ["records"]):
                    return (201, Add(JsonNode.Parse(body)!.AsObject(), null).Write(Address));
                case (_, ["records", _, ..]) when record is null:
                    return (404, Error(404, "The persistent identifier does not exist."));
                case ("GET", ["records", _]):
                    return record!.IsPublished ? (200, record.Write(Address)) : (404, Error(404, "The persistent identifier is not registered."));
                case ("POST", ["records", _, "versions"]):
                    return (201, Add([], record!.Id).Write(Address));
                case (_, ["records", _, "draft", ..]) when record!.IsPublished:
                    return (404, Error(404, "No draft."));
                case ("GET", ["records", _, "draft"]):
                    return (200, record!.Write(Address));
                case ("PUT", ["records", _, "draft"]):
                    record!.Body = JsonNode.Parse(body)!.AsObject();
                    return (200, record.Write(Address));
                case ("DELETE", ["records", _, "draft"]):
                    _records.Remove(record!.Id);
                    return (204, null);
                case ("POST", ["records", _, "draft", "actions", "publish"]):
                    return Publish(record!);
                default:
                    return AnswerFiles(method, record!, parts[4..], body);
            }
        }
    }

    private (int Status, JsonObject? Document) Publish(Record record)
    {
        if (record.Problems().ToArray() is { Length: > 0 } problems)
        {
            JsonObject refused = Error(400, "A validation error occurred.");
            refused["errors"] = new JsonArray([.. problems]);
            return (400, refused);
        }

        if (record.Files.Count == 0 || record.Files.Values.Any(static file => !file.IsComplete))
        {
            return (400, Error(400, "A validation error occurred. Missing uploaded files."));
        }

        record.IsPublished = true;
        return (202, record.Write(Address));
    }

    private static (int Status, JsonObject? Document) AnswerFiles(string method, Record record, string[] parts, byte[] body)
    {
        switch (method, parts)
        {
            case ("GET", ["files"]):
                return (200, new JsonObject { ["entries"] = new JsonArray([.. record.Files.Values.Select(static file => file.Write())]) });
            case ("POST", ["files"]):
                foreach (JsonNode? asked in JsonNode.Parse(body)!.AsArray())
                {
                    string key = asked!["key"]!.GetValue<string>();
                    if (!record.Files.TryAdd(key, new File(key)))
                    {
                        return (400, Error(400, $"File with key {key} already exists."));
                    }
                }

                return (201, []);
            case ("POST", ["files", .. var name, "commit"]):
                File file = record.Files[string.Join('/', name)];
                file.IsComplete = true;
                return (200, file.Write());
            case ("DELETE", ["files", .. var name]):
                return record.Files.Remove(string.Join('/', name)) ? (204, null) : (404, Error(404, "File not found."));
            default:
                return (405, Error(405, "The method is not allowed for the requested URL."));
        }
    }

    private Record Add(JsonObject body, string? previous)
    {
        var record = new Record($"abcd{_records.Count + 1}-x") { Body = body, Previous = previous };
        return _records[record.Id] = record;
    }

    private static JsonObject Error(int status, string message) => new() { ["status"] = status, ["message"] = message };

    private static async Task SendAsync(HttpContext http, int status, JsonObject? document)
    {
        http.Response.StatusCode = status;
        if (document is not null)
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(document.ToJsonString(), http.RequestAborted);
        }
    }

    internal sealed class File(string key)
    {
        internal long Size { get; set; }

        internal string? Md5 { get; set; }

        internal bool IsComplete { get; set; }

        internal JsonObject Write() => new()
        {
            ["key"] = key,
            ["status"] = IsComplete ? "completed" : "pending",
            ["size"] = IsComplete ? Size : null,
            ["checksum"] = IsComplete ? "md5:" + Md5 : null,
        };
    }

    internal sealed class Record(string id)
    {
        private static readonly string[] Known =
        [
            "resource_type", "creators", "title", "publisher", "publication_date", "subjects", "languages", "related_identifiers", "version",
            "rights", "description", "funding",
        ];

        internal string Id => id;

        internal string? Previous { get; init; }

        internal JsonObject Body { get; set; } = [];

        internal bool IsPublished { get; set; }

        internal SortedDictionary<string, File> Files { get; } = new(StringComparer.Ordinal);

        internal JsonObject Write(string address)
        {
            var written = (JsonObject)Body.DeepClone();
            written["id"] = id;
            written["is_published"] = IsPublished;
            written["links"] = new JsonObject { ["self_html"] = $"{address}/{(IsPublished ? "records" : "uploads")}/{id}" };
            written["errors"] = new JsonArray([.. Problems()]);
            if (IsPublished && written["pids"] is null)
            {
                written["pids"] = new JsonObject { ["doi"] = new JsonObject { ["identifier"] = "10.5281/zenodo." + id, ["provider"] = "datacite" } };
            }

            return written;
        }

        /// <summary>The problems that the schemas of metadata and access report.</summary>
        internal IEnumerable<JsonObject> Problems()
        {
            JsonObject metadata = Body["metadata"] as JsonObject ?? [];
            foreach (string required in (string[])["resource_type", "creators", "title", "publication_date"])
            {
                if (metadata[required] is null or JsonArray { Count: 0 })
                {
                    yield return Problem("metadata." + required, "Missing data for required field.");
                }
            }

            foreach ((string key, _) in metadata)
            {
                if (!Known.Contains(key))
                {
                    yield return Problem("metadata." + key, "Unknown field.");
                }
            }

            foreach (JsonNode? creator in metadata["creators"] as JsonArray ?? [])
            {
                JsonNode person = creator!["person_or_org"]!;
                if (person["type"]!.GetValue<string>() == "personal" ? person["family_name"] is null : person["name"] is null)
                {
                    yield return Problem("metadata.creators", "Family name cannot be blank.");
                }
            }

            foreach (JsonNode? right in metadata["rights"] as JsonArray ?? [])
            {
                if (right!["id"]?.GetValue<string>() is not { } id || id.Any(char.IsUpper))
                {
                    yield return Problem("metadata.rights", "Invalid value.");
                }
            }

            foreach (JsonNode? related in metadata["related_identifiers"] as JsonArray ?? [])
            {
                if (related!["relation_type"]?["id"] is null || related["scheme"] is null)
                {
                    yield return Problem("metadata.related_identifiers", "Missing data for required field.");
                }
            }

            if (Body["access"]?["files"]?.GetValue<string>() is not ("public" or "restricted"))
            {
                yield return Problem("access.files", "'files' must be either 'public' or 'restricted'");
            }
        }

        private static JsonObject Problem(string field, string message) => new() { ["field"] = field, ["messages"] = new JsonArray(message) };
    }
}
