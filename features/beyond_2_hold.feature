@beyond
Feature: B.2 Hold in other ways than the bridge's
  The bridge holds by a re-INVITE with a=inactive, as in 7.1.1 and 7.1.3. Other phones say
  a=sendonly (RFC 3264 §8.4), 0.0.0.0 (RFC 2543) or send UPDATE (RFC 3311); people hold for long,
  and sometimes both at once. Who holds sends no RTP meanwhile.

  @beyond-2.1
  Scenario: A call is held by a=sendonly and resumed
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When place the call on hold in Teams by a=sendonly
    Then the caller hears hold music
    When resume the call in Teams
    Then 2-way audio is re-established

  @beyond-2.2
  Scenario: A call is held by connection address 0.0.0.0 and resumed
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When place the call on hold in Teams by connection address 0.0.0.0
    Then the caller hears hold music
    When resume the call in Teams
    Then 2-way audio is re-established

  @beyond-2.3
  Scenario: A call is held and resumed by UPDATE
    Given User A is registered from Teams
    When from User A's Teams client, dial an external number
    Then the external number rings
    When answer the call
    Then 2-way audio is established
    When place the call on hold in Teams by UPDATE
    Then the external party hears hold music
    When resume the call in Teams
    Then 2-way audio is re-established

  @beyond-2.4
  Scenario: A call stays on hold for longer than a minute
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When place the call on hold in Teams
    Then the caller hears hold music for 75 seconds
    And Teams is sent no audio meanwhile
    When resume the call in Teams
    Then 2-way audio is re-established

  @beyond-2.5
  Scenario: Both parties hold at the same time and resume
    Given User A is registered from Teams
    When from an external number, dial User A's DiD
    Then Teams rings for User A
    When answer the call in Teams
    Then 2-way audio is established
    When both parties place the call on hold at the same time
    And both parties resume the call at the same time
    Then 2-way audio is re-established
