using System.Text.Json.Serialization;

namespace Hutch.Catalog.Zone;

[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(ImportedDataset))]
[JsonSerializable(typeof(CopyFailures))]
[JsonSerializable(typeof(IReadOnlyList<VisitSample>))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class ZoneJson : JsonSerializerContext;
