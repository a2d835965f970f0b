namespace Hutch.Model.Publications;

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNameCaseInsensitive = false)]
[JsonSerializable(typeof(PublicationDescription))]
public sealed partial class DescriptionJson : JsonSerializerContext;
