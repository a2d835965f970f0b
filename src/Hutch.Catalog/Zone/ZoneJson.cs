using System.Text.Json.Serialization;

namespace Hutch.Catalog.Zone;

/// <summary>The JSON in columns of <c>zone.db</c>.</summary>
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class ZoneJson : JsonSerializerContext;
