using System.Text.Json.Serialization;

namespace Hutch.Api.Http;

[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(string))]
internal sealed partial class ProblemJson : JsonSerializerContext;
