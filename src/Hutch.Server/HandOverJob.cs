using System.Text.Json;
using System.Text.Json.Serialization;
using Hutch.Contracts;

namespace Hutch.Server;

/// <summary>The job that ends a move while the server runs, as clients start it, and its outcome in the backup folder.</summary>
public static partial class HandOverJob
{
    /// <summary>The beginning of the outcome of a move that has ended; the pause follows.</summary>
    public const string Done = "moved: ";

    /// <summary>The beginning of the outcome of a move that did not end; the reason follows.</summary>
    public const string Refused = "stayed: ";

    /// <param name="through">The backup folder.</param>
    /// <param name="to">The configuration of the new place.</param>
    public static StartJob To(string through, string to) => new()
    {
        Kind = HandOverTask.Kind,
        Parameters = new Dictionary<string, JsonElement>
        {
            [HandOverTask.FolderName] = JsonSerializer.SerializeToElement(through, TextJson.Default.String),
            [HandOverTask.ToName] = JsonSerializer.SerializeToElement(to, TextJson.Default.String),
        },
    };

    [JsonSerializable(typeof(string))]
    private sealed partial class TextJson : JsonSerializerContext;
}
