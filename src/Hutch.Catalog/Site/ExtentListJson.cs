using System.Text.Json.Serialization;
using Hutch.Model.Records;

namespace Hutch.Catalog.Site;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<Extent>))]
internal sealed partial class ExtentListJson : JsonSerializerContext;
