using System.Text.Json.Serialization;
using Hutch.Model.Zone;

namespace Hutch.Catalog.Zone;

/// <summary>The JSON in columns of <c>zone.db</c>.</summary>
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(ImportedDataset))]
[JsonSerializable(typeof(CopyFailures))]
internal sealed partial class ZoneJson : JsonSerializerContext;
