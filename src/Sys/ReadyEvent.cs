namespace Karez.Sys;

/// <summary>One event of <see cref="Epoll.Wait"/>.</summary>
/// <param name="Events">Bits of <see cref="Epoll"/>.</param>
/// <param name="Data">What was given at registration.</param>
public readonly record struct ReadyEvent(uint Events, ulong Data);
