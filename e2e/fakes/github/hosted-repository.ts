import type { BareRepository } from "./bare-repository.ts";
import type { RepositoryState, StateFile } from "./state.ts";

/** What describing something in the API needs to know of the stand-in around it. */
export interface Addresses {
  readonly file: StateFile;
  readonly webUrl: string;
  readonly apiUrl: string;
}

/** One repository: what GitHub knows of it, its Git objects, and a lock that makes writes take turns. */
export class HostedRepository {
  readonly state: RepositoryState;
  readonly git: BareRepository;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(state: RepositoryState, git: BareRepository) {
    this.state = state;
    this.git = git;
  }

  /** Resolves when every write that has begun is over, and what follows from it is known. */
  async idle(): Promise<void> {
    await this.#turn;
  }

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}
