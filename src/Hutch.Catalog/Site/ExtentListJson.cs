using System.Text.Json.Serialization;
using Hutch.Model.Records;

namespace Hutch.Catalog.Site;

/// <summary>The extents of a part as its row keeps them.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<Extent>))]
internal sealed partial class ExtentListJson : JsonSerializerContext;
