using System.Text.Json.Serialization;

namespace Hutch.Catalog.Zone;

[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(ImportedDataset))]
[JsonSerializable(typeof(CopyFailures))]
internal sealed partial class ZoneJson : JsonSerializerContext;
