using System.Text.Json.Serialization;

namespace Hutch.Api.Http;

/// <summary>The generated JSON code of single values.</summary>
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(string))]
internal sealed partial class ProblemJson : JsonSerializerContext;
