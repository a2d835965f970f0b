using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Hutch.Publishing.Pages;

/// <summary>JSON inside of a page: the default encoder escapes whatever could end the element that it is in.</summary>
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class EmbeddedJson : JsonSerializerContext;
