using System.Text.Json.Serialization;

namespace Hutch.Buckets;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(FolderOwner))]
[JsonSerializable(typeof(SegmentList))]
[JsonSerializable(typeof(StoredSegment))]
[JsonSerializable(typeof(Nearline.RecallLine))]
internal sealed partial class FolderJson : JsonSerializerContext;
