using System.Text.Json.Serialization;

namespace Hutch.Doors.Requests;

[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(string))]
internal sealed partial class ProblemJson : JsonSerializerContext;
