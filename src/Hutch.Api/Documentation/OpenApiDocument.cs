using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hutch.Api.Http;

namespace Hutch.Api.Documentation;

/// <summary>The interface as an OpenAPI 3.1 document, written from the table of operations and the records' own JSON code.</summary>
internal static partial class OpenApiDocument
{
    private static readonly JsonSerializerOptions Options =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(EndpointTable table, string version)
    {
        var schemas = new OpenApiSchemas(Descriptions.Load());
        JsonNode problem = schemas.Reference(HutchJson.Default.Problem);
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = Info(version),
            ["servers"] = new JsonArray(new JsonObject { ["url"] = RestCall.Root }),
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }, new JsonObject { ["session"] = new JsonArray() }),
            ["tags"] = new JsonArray(
                [.. table.Endpoints.Select(endpoint => endpoint.Tag).Distinct().Select(tag => new JsonObject { ["name"] = tag })]),
            ["paths"] = Paths(table, schemas),
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.ToJson(),
                ["responses"] = new JsonObject { ["Refusal"] = Refusal(problem) },
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject
                    {
                        ["type"] = "http",
                        ["scheme"] = "bearer",
                        ["description"] = "A token (`hutch_…`), or a share link's secret (`hutchlink_…`).",
                    },
                    ["session"] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "cookie",
                        ["name"] = SessionCookie.Name,
                        ["description"] = "A browser session, from `POST /login`. Methods other than GET and HEAD also need the header "
                            + $"`{SameSite.Header}: portal` and the server's own origin.",
                    },
                },
            },
        };
        return document.ToJsonString(Options) + "\n";
    }

    private static JsonObject Info(string version) => new()
    {
        ["title"] = "Hutch",
        ["version"] = version,
        ["description"] = "Datasets of a site: trees of files with an owner, metadata and a history. Times are ISO 8601 in UTC. "
            + "Streams are JSON lines; the last line starts with `{\"end\":`. "
            + "Every error is problem details (RFC 9457) with a stable `code`.",
    };

    private static JsonObject Paths(EndpointTable table, OpenApiSchemas schemas)
    {
        var paths = new JsonObject();
        foreach (IGrouping<string, EndpointDescription> path in table.Endpoints
            .GroupBy(endpoint => endpoint.Call.Pattern.Replace("{**", "{")))
        {
            paths[path.Key] = new JsonObject(path.Select(endpoint =>
                KeyValuePair.Create(endpoint.Call.Method.ToLowerInvariant(), (JsonNode?)Operation(endpoint, schemas))));
        }

        return paths;
    }

    private static JsonObject Operation(EndpointDescription endpoint, OpenApiSchemas schemas)
    {
        var operation = new JsonObject
        {
            ["tags"] = new JsonArray(endpoint.Tag),
            ["summary"] = endpoint.Summary,
            ["operationId"] = Identifier(endpoint),
            ["description"] = $"Right: {endpoint.Call.Right}.",
        };
        JsonObject[] parameters = [.. PathParameters(endpoint), .. endpoint.Parameters.Select(Describe)];
        if (parameters.Length > 0)
        {
            operation["parameters"] = new JsonArray([.. parameters]);
        }

        if (endpoint.Body is { } body)
        {
            var content = new JsonObject { [body.MediaType] = Content(body.MediaType, body.Type, schemas) };
            operation["requestBody"] = body.Text is null
                ? new JsonObject { ["required"] = true, ["content"] = content }
                : new JsonObject { ["required"] = true, ["description"] = body.Text, ["content"] = content };
        }

        operation["responses"] = Responses(endpoint, schemas);
        if (endpoint.Call.Right == RestCall.Anonymous)
        {
            operation["security"] = new JsonArray();
        }

        return operation;
    }

    private static JsonObject Responses(EndpointDescription endpoint, OpenApiSchemas schemas)
    {
        var responses = new JsonObject();
        foreach (EndpointDescription.ResponseDescription answer in endpoint.Answers)
        {
            var response = new JsonObject { ["description"] = answer.Text ?? "Done" };
            if (answer.MediaType is { } mediaType)
            {
                response["content"] = new JsonObject { [mediaType] = Content(mediaType, answer.Type, schemas) };
            }

            responses[answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = response;
        }

        responses["default"] = new JsonObject { ["$ref"] = "#/components/responses/Refusal" };
        return responses;
    }

    private static JsonObject Content(string mediaType, System.Text.Json.Serialization.Metadata.JsonTypeInfo? type, OpenApiSchemas schemas)
    {
        if (type is null)
        {
            return new JsonObject();
        }

        // OpenAPI 3.1 knows no streams of documents: the schema is that of one line.
        return mediaType is "application/json" or HutchMediaTypes.Lines or "text/event-stream"
            ? new JsonObject { ["schema"] = schemas.Reference(type) }
            : new JsonObject();
    }

    private static JsonObject Refusal(JsonNode problem) => new()
    {
        ["description"] = "An error: what happened and what to do",
        ["content"] = new JsonObject { [HutchMediaTypes.Problem] = new JsonObject { ["schema"] = problem } },
    };

    private static IEnumerable<JsonObject> PathParameters(EndpointDescription endpoint) =>
        PlaceholderPattern().Matches(endpoint.Call.Pattern).Select(match => match.Groups[1].Value).Select(name => new JsonObject
        {
            ["name"] = name,
            ["in"] = "path",
            ["required"] = true,
            ["description"] = TextOf(name),
            ["schema"] = name == "id"
                ? new JsonObject { ["type"] = "string", ["format"] = "uuid" }
                : new JsonObject { ["type"] = "string" },
        });

    private static JsonObject Describe(EndpointDescription.Parameter parameter) => new()
    {
        ["name"] = parameter.Name,
        ["in"] = parameter.In,
        ["description"] = parameter.Text,
        ["schema"] = new JsonObject { ["type"] = parameter.Type },
    };

    private static string TextOf(string placeholder) => placeholder switch
    {
        "id" => "Dataset id",
        "path" => "Path of the entry; slashes are not escaped",
        "sid" => "Push id",
        "key" => "SHA-256 of the file (64 hex digits), or an id chosen by the client (32 hex digits)",
        "ref" => "A snapshot's number, tag or hash prefix",
        "tag" => "The tag",
        "principal" => "`user:NAME`, `group:NAME` or `public`",
        "link" => "Public part of the link",
        "token" => "Public part of the token",
        "session" => "Public part of the session",
        "invite" => "Public part of the invite",
        "provider" => "Id of the OpenID provider",
        _ => "Name or id",
    };

    /// <summary>A name for generated clients: <c>getDatasetsSnapshots</c>.</summary>
    private static string Identifier(EndpointDescription endpoint) => endpoint.Call.Method.ToLowerInvariant() + string.Concat(
        endpoint.Call.Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Trim('{', '}', '*'))
            .Select(part => string.Concat(part.Split('.').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))));

    [GeneratedRegex(@"\{\**(\w+)\}")]
    private static partial Regex PlaceholderPattern();
}
