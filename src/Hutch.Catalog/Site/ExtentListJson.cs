using System.Text.Json.Serialization;

namespace Hutch.Catalog.Site;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<Extent>))]
internal sealed partial class ExtentListJson : JsonSerializerContext;
