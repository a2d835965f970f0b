using System.Text.Json;

namespace Hutch.Live;

/// <summary>A frame that was analysed, and its row.</summary>
internal readonly record struct FinishedFrame(FrameWork Work, JsonElement Row);
