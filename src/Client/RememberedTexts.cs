using System.Text.Json;
using Karez.Client.Device;

namespace Karez.Client;

/// <summary>A private file of texts by names, read whole; one that is missing or damaged holds none.</summary>
/// <param name="path">The file; null for none.</param>
internal sealed class RememberedTexts(string? path)
{
    /// <summary>All of them.</summary>
    public Dictionary<string, string> Read()
    {
        try
        {
            return path is not null && File.Exists(path)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(path), DeviceJson.Default.DictionaryStringString) ?? []
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    /// <summary>Keeps them; a disk that is full costs only the memory.</summary>
    public void Write(Dictionary<string, string> texts)
    {
        if (path is not null)
        {
            PrivateFile.TryReplace(
                path, file => JsonSerializer.Serialize(file, texts, DeviceJson.Default.DictionaryStringString));
        }
    }
}
