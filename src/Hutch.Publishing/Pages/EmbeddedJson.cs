using System.Text.Json.Serialization;

namespace Hutch.Publishing.Pages;

/// <summary>JSON inside a page. The default encoder escapes everything that could end the enclosing element.</summary>
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class EmbeddedJson : JsonSerializerContext;
