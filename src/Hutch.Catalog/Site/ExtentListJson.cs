using System.Text.Json.Serialization;
using Hutch.Model.Records;

namespace Hutch.Catalog.Site;

/// <summary>The JSON of a part's extents in its row.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<Extent>))]
internal sealed partial class ExtentListJson : JsonSerializerContext;
