namespace Karez.Lab.Population;

/// <summary>After how long people of a group are flagged, by one rule or by all of a scenario.</summary>
/// <param name="Rule">The detector; <c>chain</c> for all rules of the scenario together.</param>
/// <param name="Flagged">People who were flagged within the simulated days.</param>
/// <param name="People">Of how many.</param>
/// <param name="Day1">The share within a day (Kaplan and Meier).</param>
/// <param name="Day7">Within seven.</param>
/// <param name="Day30">Within thirty.</param>
/// <param name="MedianDays">When half of them were; null when they were not.</param>
public sealed record TimeToFlag(
    string Rule, int Flagged, int People, double Day1, double Day7, double Day30, double? MedianDays = null);
